import type { Metadata } from 'next';
import { GlossaryPage } from '../../glossary/GlossaryPage.tsx';

export const metadata: Metadata = { title: 'Glossary' };

export default function Page() {
  return <GlossaryPage />;
}
