document.querySelector('#pinks').textContent = String(3 * 14);
document.querySelector('#status').textContent = 'bundle ran';