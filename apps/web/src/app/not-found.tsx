import { ButtonLink } from '../ui/Button.tsx';
import { EmptyState } from '../ui/States.tsx';

export default function NotFound() {
  return (
    <EmptyState title="There is no such page" action={<ButtonLink href="/">All runs</ButtonLink>}>
      The address may be mistyped, or what it named has been deleted.
    </EmptyState>
  );
}
