namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows of a left matrix in panels of <see cref="MatrixTile.Rows"/>, and the one loop that multiplies panels: by a panel of a right matrix at a time, whether that is packed for one product or for many
/// (<see cref="MatrixProduct"/>), or held by an index (<see cref="PanelStore"/>).
/// </summary>
/// <param name="panels">Where they are: all panels of a piece of k, then those of the next.</param>
/// <param name="rows">How many rows.</param>
/// <param name="first">Their first k.</param>
/// <param name="end">The one behind their last.</param>
internal readonly unsafe struct LeftPanels(float* panels, int rows, int first, int end)
{
    internal int Rows => rows;

    /// <summary>The first k.</summary>
    internal int First => first;

    /// <summary>The k behind the last.</summary>
    internal int End => end;

    /// <summary>How many values some rows take.</summary>
    internal static nint GetLength(int rows, int depth) => (nint)RoundUp(rows) * depth;

    /// <summary>Packs some of the rows.</summary>
    /// <param name="source">Where value <see cref="First"/> of the first of them is.</param>
    /// <param name="stride">How far it is to the next row; or where rows lie across memory, to the next k.</param>
    /// <param name="isTransposed">Whether rows lie across memory.</param>
    /// <param name="row">The first of them, a whole number of panels from the start.</param>
    /// <param name="count">How many.</param>
    internal void Pack(float* source, nint stride, bool isTransposed, int row, int count)
    {
        for (var piece = first; piece < end; piece += MatrixTile.Depth)
        {
            var depth = Math.Min(MatrixTile.Depth, end - piece);
            for (var i = 0; i < count; i += MatrixTile.Rows)
            {
                var height = Math.Min(MatrixTile.Rows, count - i);
                var panel = GetPanel(row + i, piece, depth);
                if (isTransposed)
                    MatrixPanels.PackAcross(source + (piece - first) * stride + i, stride, height, depth, panel, MatrixTile.Rows);
                else
                    MatrixPanels.PackVectors(source + i * stride + piece - first, stride, height, depth, panel, MatrixTile.Rows);
            }
        }
    }

    /// <summary>sums (count × 32) = a piece of some of the rows by a panel of the right matrix, and where wanted plus what was before.</summary>
    /// <param name="kernel">Of <see cref="MatrixTile.GetKernel"/>.</param>
    /// <param name="row">The first of the rows, a whole number of panels from the start.</param>
    /// <param name="count">How many.</param>
    /// <param name="right">The panel's values of the piece.</param>
    /// <param name="piece">The first k of the piece, a multiple of <see cref="MatrixTile.Depth"/> from <see cref="First"/>.</param>
    /// <param name="sums">Where the first row's sums are.</param>
    /// <param name="stride">How far it is to the next row's.</param>
    /// <param name="add">Whether to add what was before.</param>
    /// <param name="before">Where that is; may be the sums' own place.</param>
    /// <param name="beforeStride">How far it is to the next row's there.</param>
    internal void Multiply(
        delegate*<float*, float*, int, float*, nint, int, bool, float*, nint, void> kernel,
        int row, int count, float* right, int piece, float* sums, nint stride, bool add, float* before, nint beforeStride)
    {
        var depth = Math.Min(MatrixTile.Depth, end - piece);
        for (var i = 0; i < count; i += MatrixTile.Rows)
        {
            var height = Math.Min(MatrixTile.Rows, count - i);
            kernel(GetPanel(row + i, piece, depth), right, depth, sums + i * stride, stride, height, add, before + i * beforeStride, beforeStride);
        }
    }

    private float* GetPanel(int row, int piece, int depth) => panels + (nint)RoundUp(rows) * (piece - first) + (nint)row * depth;

    private static int RoundUp(int rows) => (rows + MatrixTile.Rows - 1) / MatrixTile.Rows * MatrixTile.Rows;
}
