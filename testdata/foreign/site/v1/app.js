document.getElementById("script").textContent = "script of the first edition";
