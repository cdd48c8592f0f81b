import Image from 'next/image';
import bay from './bay.png';
import Counter from './counter';

export const metadata = { title: 'The ship register' };

export default function Page() {
  return (
    <main>
      <h1>The ship register</h1>
      <Image src={bay} width={600} height={400} alt="The bay" />
      <Counter />
    </main>
  );
}
