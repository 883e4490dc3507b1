namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The methods that <c>--method</c> knows, and which is taken without it.</summary>
internal static class FitMethods
{
    /// <summary>The default for pairs of two modalities of one dimension: whiten 0.95 and align 0.9, which did best on every set of docs/methods.md that was not tuned to.</summary>
    internal const string Paired = "align";

    /// <summary>The default for what is no such pairs: whiten 0.95.</summary>
    internal const string Unpaired = "whiten";

    internal static string ChooseDefault(ModalityInput input) => ChooseDefault(input.IsPaired, [.. input.Names.Select(input.GetDimension)]);

    /// <param name="isPaired">Whether row i of all modalities belongs together.</param>
    /// <param name="dimensions">Those of the modalities.</param>
    internal static string ChooseDefault(bool isPaired, IReadOnlyList<int> dimensions) => isPaired && dimensions is [var first, var second] && first == second ? Paired : Unpaired;

    /// <summary>New ones each time: their options belong to the command they are added to.</summary>
    internal static IReadOnlyList<FitMethod> All
    {
        get
        {
            var shared = new SharedOptions();
            return
            [
                new CenterMethod(),
                new StandardizeMethod(shared),
                new WhitenMethod(shared),
                new ShiftMethod(),
                new RealignMethod(shared),
                new AlignMethod(shared),
                new AnchorsMethod(),
                new TruncateMethod(shared),
                new NeutralizeMethod(),
                new TransportMethod(shared),
                new MatchMethod(shared),
                new TrainMethod(),
            ];
        }
    }
}
