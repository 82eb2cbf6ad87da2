import type { ReactNode } from 'react';
import { RunFrame } from '../../../../run/RunFrame.tsx';

export default function Layout({ children }: { children: ReactNode }) {
  return <RunFrame>{children}</RunFrame>;
}
