namespace Microsoft.ML.ModalityGap;

/// <summary>One number for each colour channel.</summary>
/// <param name="Red">The red channel's.</param>
/// <param name="Green">The green channel's.</param>
/// <param name="Blue">The blue channel's.</param>
public readonly record struct RgbValues(float Red, float Green, float Blue)
{
    /// <summary>The same number for all three channels.</summary>
    public RgbValues(float value)
        : this(value, value, value)
    {
    }

    internal bool All(Func<float, bool> predicate) => predicate(Red) && predicate(Green) && predicate(Blue);
}
