(()=>{var t=["04:12","10:31","16:40","22:58"];document.getElementById("bundle").textContent=`bundle ran, next tide: ${t[0]}`;})();
