document.getElementById('stamp').textContent = 'script ran';
