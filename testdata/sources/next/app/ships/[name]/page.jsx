const ships = {
  petrel: 'Brig, of Leith. Well handled.',
  gannet: 'Schooner, of Wick. Badly handled.',
};

export const dynamicParams = false;

export function generateStaticParams() {
  return Object.keys(ships).map((name) => ({ name }));
}

export async function generateMetadata({ params }) {
  const { name } = await params;
  return { title: `The ship ${name}` };
}

export default async function Page({ params }) {
  const { name } = await params;
  return (
    <main>
      <h1>The ship {name}</h1>
      <p>{ships[name]}</p>
    </main>
  );
}
