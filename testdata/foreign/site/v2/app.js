document.getElementById("script").textContent = "script of the second edition";
