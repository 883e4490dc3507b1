namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>A reader that breaks one promise when the first byte is 7: what the fuzzer has to find.</summary>
internal sealed class DeliberateTarget(FuzzFaultKind kind) : FuzzTarget
{
    private static readonly List<object> _kept = [];

    internal override string Name => $"deliberate-{kind.ToString().ToLowerInvariant()}";

    internal override InputShape Shape { get; } = new SevenShape();

    internal override IReadOnlyList<byte[]> CreateSeeds() => [[1, 2, 3]];

    internal override void Read(FuzzInput input)
    {
        if (input.Bytes is not [7, ..])
            return;
        switch (kind)
        {
            case FuzzFaultKind.Exception:
                throw new InvalidCastException();
            case FuzzFaultKind.Result:
                throw new FuzzFaultException("deliberately wrong");
            case FuzzFaultKind.Memory:
                GC.KeepAlive(new byte[300 << 20]);
                break;
            case FuzzFaultKind.Time:
                while (true)
                    Thread.SpinWait(1000);
            case FuzzFaultKind.Handle:
                _kept.Add(File.OpenRead(input.WriteFile("open")));
                break;
            case FuzzFaultKind.File:
                File.WriteAllText(Path.Combine(Path.GetTempPath(), "left"), "");
                break;
            case FuzzFaultKind.Death:
                Environment.FailFast("deliberately");
                break;
        }
    }

    /// <summary>Every fifth input begins with 7.</summary>
    private sealed class SevenShape : InputShape
    {
        internal override byte[] Mutate(byte[] parent, FuzzRandom random) => [(byte)(random.Chance(0.2) ? 7 : 1), 2];
    }
}
