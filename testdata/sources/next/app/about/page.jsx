export const metadata = { title: 'About the register' };

export default function Page() {
  return (
    <main>
      <h1>About the register</h1>
      <p>Every ship that passed, and what the keeper thought of her.</p>
    </main>
  );
}
