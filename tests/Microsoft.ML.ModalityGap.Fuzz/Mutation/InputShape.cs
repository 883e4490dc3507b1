namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>
/// What the inputs of a reader are made of: how one is changed so that it is still taken for what it was, as far as the change lets it. Checksums, lengths and containers are
/// put right again, so that the parsers behind them are reached.
/// </summary>
internal abstract class InputShape
{
    /// <summary>The most bytes an input may have: what is slow because it is large finds nothing.</summary>
    internal const int MaximumLength = 1 << 20;

    /// <summary>Makes an input of a former one, which is left as it is.</summary>
    internal abstract byte[] Mutate(byte[] parent, FuzzRandom random);

    /// <summary>Once in so often, the whole is damaged like a file on a bad disk, whatever it is made of.</summary>
    internal byte[] MutateOrDamage(byte[] parent, FuzzRandom random)
    {
        var result = random.Chance(0.1) ? ByteShape.Any.Mutate(parent, random) : Mutate(parent, random);
        return result.Length <= MaximumLength ? result : result[..MaximumLength];
    }
}
