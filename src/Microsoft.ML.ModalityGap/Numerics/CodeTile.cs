using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Microsoft.ML.ModalityGap;

/// <summary>Which instructions the inner loop over int8 codes is made of.</summary>
internal enum CodeTilePath
{
    /// <summary>None that is faster than floats: codes are searched as floats then.</summary>
    None,

    /// <summary>Dot products of four bytes, Arm's.</summary>
    ArmDot,

    /// <summary>Products of bytes added in pairs, 256 bits (AVX2).</summary>
    Vector256,

    /// <summary>Dot products of four bytes, 256 bits (AVX-VNNI).</summary>
    Vnni256,

    /// <summary>Products of bytes added in pairs, 512 bits (AVX-512BW). .NET has no 512-bit VNNI.</summary>
    Vector512,
}

/// <summary>
/// The inner loop of a search over int8 codes: the exact integer products of up to 6 quantised queries and the 32 rows of a panel, whose codes lie in quads: four values of k of a row, then those of the next.
/// </summary>
/// <remarks>
/// <para>x86 multiplies unsigned bytes by signed ones, so a query's values carry an offset, and offset·Σ codes is taken away again (<see cref="Prepare"/>).</para>
/// <para>Without VNNI pairs of products come as int16, and adding them up in int32 takes as long as multiplying. So they are added up in int16 over a <em>chain</em> of quads first, modulo 2¹⁶: right wherever the
/// true sum over a chain's pairs fits. Over two quads it always does, 4·63·127 = 32,004; over eight where Cauchy and Schwarz say so, max‖q‖·max‖g‖ ≤ 32,767 over all chains (<see cref="ChainNorm"/>).</para>
/// </remarks>
internal static unsafe class CodeTile
{
    /// <summary>Rows of a tile: the queries whose sums stay in registers.</summary>
    internal const int Rows = 6;

    /// <summary>Values of k that lie beside each other.</summary>
    internal const int Quad = 4;

    /// <summary>Quads in a long chain; dimensions are filled up with zeros to whole ones.</summary>
    internal const int LongChain = 8;

    internal const int ShortChain = 2;

    /// <summary>The magnitude of the largest code of a row.</summary>
    internal const int RowLimit = 127;

    /// <summary>The largest sum that an int16 holds.</summary>
    internal const int ChainLimit = short.MaxValue;

    /// <summary>The best path of this machine.</summary>
    internal static CodeTilePath BestPath { get; } = Enum.GetValues<CodeTilePath>().Last(IsSupported);

    internal static bool IsSupported(CodeTilePath path) => path switch
    {
        CodeTilePath.ArmDot => Dp.IsSupported,
        CodeTilePath.Vector256 => Avx2.IsSupported && Vector256.IsHardwareAccelerated,
        CodeTilePath.Vnni256 => AvxVnni.IsSupported && Vector256.IsHardwareAccelerated,
        CodeTilePath.Vector512 => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated,
        _ => true,
    };

    /// <summary>The magnitude of the largest value of a query: two unsigned bytes with the offset times codes must fit an int16 where they come in pairs.</summary>
    internal static int GetQueryLimit(CodeTilePath path) => IsPaired(path) ? 63 : 127;

    /// <summary>What is added to a query's values.</summary>
    internal static int GetOffset(CodeTilePath path) => path == CodeTilePath.ArmDot ? 0 : IsPaired(path) ? 64 : 128;

    /// <summary>Whether chains matter.</summary>
    internal static bool IsPaired(CodeTilePath path) => path is CodeTilePath.Vector256 or CodeTilePath.Vector512;

    internal static int PadDimension(int dimension) => (dimension + Quad * LongChain - 1) / (Quad * LongChain) * (Quad * LongChain);

    /// <summary>The kernel: tile (rows × 32) = queries (per quad 6 × 4 bytes) · codes (per quad 32 × 4 bytes), with what <see cref="Prepare"/> wrote for the same panel and chain.</summary>
    internal static delegate*<byte*, sbyte*, int, int*, int*, int, void> GetKernel(CodeTilePath path, bool longChains) => path switch
    {
        CodeTilePath.Vector512 => longChains ? &Multiply512Long : &Multiply512Short,
        CodeTilePath.Vector256 => longChains ? &Multiply256Long : &Multiply256Short,
        CodeTilePath.Vnni256 => &MultiplyVnni,
        CodeTilePath.ArmDot => &MultiplyArm,
        _ => throw new PlatformNotSupportedException("There is no kernel for codes on this machine."),
    };

    /// <summary>How many int32 <see cref="Prepare"/> writes at most.</summary>
    internal static int GetPreparedLength(int quads) => quads / ShortChain * MatrixTile.Columns;

    /// <summary>Writes what every query's sums over a panel begin with: −offset·Σ codes, per chain where chains matter.</summary>
    internal static void Prepare(CodeTilePath path, bool longChains, sbyte* codes, int quads, int* prepared)
    {
        if (path == CodeTilePath.Vector512)
            CodeTile512.Prepare(codes, quads, longChains ? LongChain : ShortChain, prepared);
        else if (path == CodeTilePath.Vector256)
            CodeTile256.Prepare(codes, quads, longChains ? LongChain : ShortChain, prepared);
        else if (path == CodeTilePath.Vnni256)
            CodeTileVnni.Prepare(codes, quads, prepared);
    }

    /// <summary>The largest norm over long chains of the values that one int16 sums up: of each quad the first two values, or the last two.</summary>
    /// <param name="values">The values of a row or a query, a multiple of 32.</param>
    internal static float ChainNorm(ReadOnlySpan<sbyte> values)
    {
        var largest = 0;
        for (var first = 0; first < values.Length; first += Quad * LongChain)
        {
            var (low, high) = (0, 0);
            for (var k = first; k < first + Quad * LongChain; k += Quad)
            {
                low += values[k] * values[k] + values[k + 1] * values[k + 1];
                high += values[k + 2] * values[k + 2] + values[k + 3] * values[k + 3];
            }

            largest = Math.Max(largest, Math.Max(low, high));
        }

        return MathF.Sqrt(largest);
    }

    private static void Multiply512Long(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows)
    {
        if (rows == 1)
            CodeTile512.Multiply<TileRows.One>(queries, codes, quads / LongChain, LongChain, prepared, tile);
        else
            CodeTile512.Multiply<TileRows.Six>(queries, codes, quads / LongChain, LongChain, prepared, tile);
    }

    private static void Multiply512Short(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows)
    {
        if (rows == 1)
            CodeTile512.Multiply<TileRows.One>(queries, codes, quads / ShortChain, ShortChain, prepared, tile);
        else
            CodeTile512.Multiply<TileRows.Six>(queries, codes, quads / ShortChain, ShortChain, prepared, tile);
    }

    private static void Multiply256Long(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows) =>
        CodeTile256.Multiply(queries, codes, quads / LongChain, LongChain, prepared, tile, rows);

    private static void Multiply256Short(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows) =>
        CodeTile256.Multiply(queries, codes, quads / ShortChain, ShortChain, prepared, tile, rows);

    private static void MultiplyVnni(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows) => CodeTileVnni.Multiply(queries, codes, quads, prepared, tile, rows);

    private static void MultiplyArm(byte* queries, sbyte* codes, int quads, int* prepared, int* tile, int rows) => CodeTileArm.Multiply((sbyte*)queries, codes, quads, tile, rows);
}
