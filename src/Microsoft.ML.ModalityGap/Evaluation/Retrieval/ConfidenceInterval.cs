using System.Globalization;

namespace Microsoft.ML.ModalityGap;

/// <summary>A measured value and where it would lie for other queries of the same kind.</summary>
/// <param name="Value">The value of all queries.</param>
/// <param name="Lower">The interval's lower end.</param>
/// <param name="Upper">The interval's upper end.</param>
public readonly record struct ConfidenceInterval(double Value, double Lower, double Upper)
{
    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value:F4} [{Lower:F4}, {Upper:F4}]");
}
