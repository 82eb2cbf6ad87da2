import type { Metadata } from 'next';
import { ConfigurationTab } from '../../../../../run/ConfigurationTab.tsx';

export const metadata: Metadata = { title: 'Configuration' };

export default function Page() {
  return <ConfigurationTab />;
}
