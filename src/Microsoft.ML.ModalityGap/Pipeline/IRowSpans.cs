namespace Microsoft.ML.ModalityGap;

/// <summary>The current row's numbers where they lie; they stay until the cursor goes on.</summary>
internal delegate ReadOnlySpan<float> RowSpanGetter();

/// <summary>A cursor that can show numbers where it has them, so that who works on them takes no copy.</summary>
internal interface IRowSpans
{
    /// <summary>Makes the getter of a column that was asked for; <see langword="null"/> where its numbers must be made first.</summary>
    RowSpanGetter? CreateSpanGetter(DataViewSchema.Column column);
}
