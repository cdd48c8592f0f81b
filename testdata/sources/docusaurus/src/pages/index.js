import Link from '@docusaurus/Link';
import useBaseUrl from '@docusaurus/useBaseUrl';
import Layout from '@theme/Layout';
import { useState } from 'react';

export default function Home() {
  const [nights, setNights] = useState(0);
  return (
    <Layout title="The keepers’ handbook">
      <main className="container margin-vert--lg">
        <h1>The keepers’ handbook</h1>
        <img src={useBaseUrl('/img/logo.png')} width="160" height="160" alt="The lamp" />
        <p>
          <button onClick={() => setNights(nights + 1)}>A night</button> <span id="nights">{nights}</span> nights kept.
        </p>
        <Link to="/docs/intro">Read it</Link>
      </main>
    </Layout>
  );
}
