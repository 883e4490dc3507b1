namespace Microsoft.ML.ModalityGap;

/// <summary>The shape by which a series is told apart, beside its colour.</summary>
internal enum LegendMark
{
    Disc,
    Square,
    Line,
    SolidBar,
    OpenBar,
    CoredBar,
}
