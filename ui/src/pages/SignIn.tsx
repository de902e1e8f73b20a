export default function SignIn({ signedIn }: { signedIn: () => void }) {
  return (
    <button type="button" onClick={signedIn}>
      .
    </button>
  );
}
