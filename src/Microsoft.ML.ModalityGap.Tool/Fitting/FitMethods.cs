namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The methods that <c>--method</c> knows. The first is the default.</summary>
internal static class FitMethods
{
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
