// Calls Astro's API: its command line stops on Node 20, the API works there too.
import { build } from 'astro';

await build({ root: import.meta.dirname, logLevel: 'warn' });
