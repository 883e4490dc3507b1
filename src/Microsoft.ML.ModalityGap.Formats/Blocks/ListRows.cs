using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>Checks lists as they become rows of one length.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Block">The block, for messages.</param>
/// <param name="Field">The field, for messages.</param>
/// <param name="Dimension">The length of each.</param>
/// <param name="UnusableRows">What becomes of others.</param>
internal readonly record struct ListRows(string File, TableBlock Block, string Field, int Dimension, UnusableRows UnusableRows)
{
    /// <summary>A list of another length, or none: an error, or a row of NaN.</summary>
    /// <param name="row">The row's number in its block.</param>
    /// <param name="length">What it has; −1 where there is no list.</param>
    /// <param name="destination">The row.</param>
    internal void Refuse(long row, long length, Span<float> destination)
    {
        if (UnusableRows == UnusableRows.Throw)
        {
            throw new InvalidDataException(
                $"'{File}', {Block.Name}, row {Block.FirstRow + row}: {(length < 0 ? $"there is no list in '{Field}'" : $"the list in '{Field}' has {length} numbers")} where {Dimension} are expected. "
                + $"Mend the data, or set {nameof(UnusableRows)} to {nameof(UnusableRows.Skip)} to leave such rows out.");
        }

        destination.Fill(float.NaN);
    }

    /// <summary>Numbers as float.</summary>
    internal static void Convert<T>(ReadOnlySpan<T> source, Span<float> destination)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
            MemoryMarshal.Cast<T, float>(source).CopyTo(destination);
        else if (typeof(T) == typeof(Half))
            TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<T, Half>(source), destination);
        else
            TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<T, double>(source), destination);
    }
}
