export function pattern(flashes) {
  return 'flash '.repeat(flashes) + 'dark';
}
