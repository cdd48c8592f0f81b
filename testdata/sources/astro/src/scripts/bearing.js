const points = ['north', 'east', 'south', 'west'];

export function bearing(quarter) {
  return `Steer ${points[quarter % 4]} by hand and by eye, never by hope.`;
}
