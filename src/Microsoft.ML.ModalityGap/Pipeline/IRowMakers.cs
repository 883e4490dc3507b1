namespace Microsoft.ML.ModalityGap;

/// <summary>Makes the current row's numbers where they are wanted, which is as long as the column's size.</summary>
internal delegate void RowMaker(Span<float> destination);

/// <summary>A cursor that makes numbers when they are asked for, and can make them where who asks wants them, so that nobody takes a copy.</summary>
internal interface IRowMakers
{
    /// <summary>Makes what makes the rows of a column that was asked for; <see langword="null"/> where its numbers lie somewhere, or are made otherwise.</summary>
    RowMaker? CreateMaker(DataViewSchema.Column column);
}
