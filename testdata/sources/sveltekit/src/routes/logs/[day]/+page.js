import { error } from '@sveltejs/kit';

const logs = { monday: 'Fog. Two ships heard, none seen.', tuesday: 'Clear. One ship seen, none heard.' };

export const entries = () => Object.keys(logs).map((day) => ({ day }));

export function load({ params }) {
  if (!logs[params.day]) error(404, 'No log of that day');
  return { day: params.day, text: logs[params.day] };
}
