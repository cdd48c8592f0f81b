import Link from 'next/link';
import './globals.css';

export const metadata = { title: 'Ship Register' };

export default function Layout({ children }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <Link href="/">Home</Link>
          <Link href="/about">About</Link>
          <Link href="/ships/petrel">Petrel</Link>
          <Link href="/ships/gannet">Gannet</Link>
        </nav>
        {children}
        <footer>Entered by hand.</footer>
      </body>
    </html>
  );
}
