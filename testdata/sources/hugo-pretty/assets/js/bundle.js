import { tides } from './tides';

document.getElementById('bundle').textContent = `bundle ran, next tide: ${tides[0]}`;
