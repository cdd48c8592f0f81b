import "../site/common/style.css";

const edition = import.meta.env.VITE_EDITION;
document.getElementById("later").textContent = (await import("./later.js")).text;

// What the plugin's own registration reports shows in the title, and the page
// is not reloaded by it: that is for the test to do.
if (import.meta.env.VITE_REGISTERS) {
  const { registerSW } = await import("virtual:pwa-register");
  await new Promise(done => registerSW({
    immediate: true,
    onRegisteredSW: done,
    onRegisterError: done,
    onOfflineReady: () => (document.title = "ready"),
    onNeedRefresh: () => (document.title = "refresh?"),
    onNeedReload: () => (document.title = "reload!"),
  }));
}
document.getElementById("script").textContent = `script of the ${edition} edition`;
