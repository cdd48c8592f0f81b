'use client';

import { useState } from 'react';

export default function Counter() {
  const [ships, setShips] = useState(0);
  return (
    <p>
      <button onClick={() => setShips(ships + 1)}>A ship</button> <span id="ships">{ships}</span> ships so far.
    </p>
  );
}
