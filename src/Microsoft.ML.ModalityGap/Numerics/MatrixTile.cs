using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>How wide the vectors of the matrix product's inner loop are.</summary>
internal enum MatrixTilePath
{
    /// <summary>Whatever vectors of 128 bits become: NEON, SSE, or plain code.</summary>
    Portable,

    /// <summary>Vectors of 256 bits with fused multiply-add (AVX2).</summary>
    Vector256,

    /// <summary>Vectors of 512 bits (AVX-512).</summary>
    Vector512,
}

/// <summary>
/// The inner loop of the matrix product: a tile of 12 rows by 32 columns from packed panels. Every entry is one chain of multiply-adds over k, in order,
/// in a vector lane of its own. So its bits depend on its row and its column alone: not on where it stands in a tile, nor on the width of the vectors.
/// </summary>
internal static unsafe class MatrixTile
{
    /// <summary>Rows of a tile: the width of a packed panel of the left matrix.</summary>
    internal const int Rows = 12;

    /// <summary>Columns of a tile: the width of a packed panel of the right matrix.</summary>
    internal const int Columns = 32;

    /// <summary>
    /// The longest chain: longer sums are made of such pieces, so that the rounding error grows with their number and not with k. Also what keeps a panel of
    /// the right matrix (32 KB) near the core.
    /// </summary>
    internal const int Depth = 256;

    /// <summary>The widest path that is fast on this machine.</summary>
    internal static MatrixTilePath BestPath { get; } =
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? MatrixTilePath.Vector512
        : Fma.IsSupported && System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? MatrixTilePath.Vector256
        : MatrixTilePath.Portable;

    /// <summary>The kernel of a path: c (rows × 32, <c>stride</c> values apart) = a (depth × 12) times b (depth × 32), both packed, and where <c>add</c> says so plus what was before, which may be c.</summary>
    internal static delegate*<float*, float*, int, float*, nint, int, bool, float*, nint, void> GetKernel(MatrixTilePath path) => path switch
    {
        MatrixTilePath.Vector512 => &Multiply512,
        MatrixTilePath.Vector256 => &Multiply256,
        _ => &MultiplyPortable,
    };

    // Fewer rows than a tile has are common where a batch ends, and one row is a single query: they get loops of their own.
    private static void Multiply512(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
    {
        if (rows > 4)
            Tile512.Multiply<TileRows.Twelve>(a, b, depth, c, stride, rows, add, before, beforeStride);
        else if (rows > 1)
            Tile512.Multiply<TileRows.Four>(a, b, depth, c, stride, rows, add, before, beforeStride);
        else
            Tile512.Multiply<TileRows.One>(a, b, depth, c, stride, rows, add, before, beforeStride);
    }

    private static void Multiply256(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
    {
        if (rows == 1)
        {
            Tile256.MultiplyRow(a, b, depth, c, add, before);
            return;
        }

        Prefetch(c, stride, rows);
        for (var row = 0; row < rows; row += Tile256.MaximumRows)
        {
            for (var column = 0; column < Columns; column += Tile256.Columns)
                Tile256.Multiply(a + row, b + column, depth, c + row * stride + column, stride, rows - row, add, before + row * beforeStride + column, beforeStride);
        }
    }

    private static void MultiplyPortable(float* a, float* b, int depth, float* c, nint stride, int rows, bool add, float* before, nint beforeStride)
    {
        if (rows == 1)
        {
            Tile128.MultiplyRow(a, b, depth, c, add, before);
            return;
        }

        Prefetch(c, stride, rows);
        for (var row = 0; row < rows; row += Tile128.MaximumRows)
        {
            for (var column = 0; column < Columns; column += Tile128.Columns)
                Tile128.Multiply(a + row, b + column, depth, c + row * stride + column, stride, rows - row, add, before + row * beforeStride + column, beforeStride);
        }
    }

    /// <summary>Asks for the memory that a tile will be written to: what lies apart is often far away by the time the tile is done; sums on their own are near.</summary>
    private static void Prefetch(float* c, nint stride, int rows)
    {
        if (!Sse.IsSupported || stride == Columns)
            return;
        for (var row = 0; row < rows; row++)
        {
            Sse.Prefetch0(c + row * stride);
            Sse.Prefetch0(c + row * stride + Columns / 2);
        }
    }
}
