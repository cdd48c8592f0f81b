import { json } from '@sveltejs/kit';

export const prerender = true;

export function GET() {
  return json(['04:12', '10:31', '16:40', '22:58']);
}
