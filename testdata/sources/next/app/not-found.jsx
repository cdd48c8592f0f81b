export const metadata = { title: 'Not in the register (404)' };

export default function NotFound() {
  return (
    <main>
      <h1>Not in the register (404)</h1>
    </main>
  );
}
