document.getElementById('clock').textContent = 'script ran';
