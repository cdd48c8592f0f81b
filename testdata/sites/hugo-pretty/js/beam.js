import { pattern } from './lib/pattern.js';

document.getElementById('beam').textContent = `beam module ran: ${pattern(3)}`;
