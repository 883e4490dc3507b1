namespace Microsoft.ML.ModalityGap;

/// <summary>Carries out a <see cref="ClipImagePreprocessing"/> on pixels in memory. Keeps its buffers and the last weights; not for several threads at once.</summary>
internal sealed unsafe class ClipImagePreprocessor
{
    /// <summary>The longest edge of an image. Weights grow with it; photographs stay far below.</summary>
    internal const int MaximumEdge = 1 << 19;

    private const int PixelBytes = 4;

    private readonly ClipImagePreprocessing _preprocessing;
    private readonly bool _avx2;

    // What each byte becomes, per channel: exact, and quicker than arithmetic on bytes that are to be spread over three planes.
    private readonly float[] _red;
    private readonly float[] _green;
    private readonly float[] _blue;

    private (int Width, int Height) _planned;
    private ResampleWeights _horizontal = null!;
    private ResampleWeights _vertical = null!;
    private ClipAxis _horizontalAxis;
    private ClipAxis _verticalAxis;
    private byte[] _padded = [];
    private byte[] _resized = [];
    private byte[] _row = [];
    private float[] _planes = [];

    internal ClipImagePreprocessor(ClipImagePreprocessing preprocessing, bool? avx2 = null)
    {
        _preprocessing = preprocessing;
        _avx2 = avx2 ?? ResampleKernel.UsesAvx2;
        _red = CreateTable(preprocessing.Mean.Red, preprocessing.StandardDeviation.Red);
        _green = CreateTable(preprocessing.Mean.Green, preprocessing.StandardDeviation.Green);
        _blue = CreateTable(preprocessing.Mean.Blue, preprocessing.StandardDeviation.Blue);
    }

    /// <summary>Preprocesses one image.</summary>
    /// <param name="pixels">The image: four bytes a pixel, red, green, blue or blue, green, red, and a fourth that is ignored; rows without gaps.</param>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="blueFirst">Whether blue comes first.</param>
    /// <param name="destination">Three planes of height × width, or height × width × 3 with channels last: <see cref="ClipImagePreprocessing.OutputLength"/> in all.</param>
    /// <exception cref="InvalidDataException">The image is so elongated that what is between the two passes does not fit into an array.</exception>
    internal void Run(ReadOnlySpan<byte> pixels, int width, int height, bool blueFirst, Span<float> destination)
    {
        if (pixels.Length != (long)width * height * PixelBytes || width <= 0)
            throw new ArgumentException($"An image of {width} × {height} has {(long)width * height * PixelBytes} bytes, but there are {pixels.Length}.", nameof(pixels));
        if (destination.Length != _preprocessing.OutputLength)
            throw new ArgumentException($"The destination has {destination.Length} values, but {_preprocessing.OutputLength} are made.", nameof(destination));

        if (!_preprocessing.ChannelsLast)
        {
            FillPlanes(pixels, width, height, blueFirst, destination);
            return;
        }

        if (_planes.Length == 0)
            _planes = new float[_preprocessing.OutputLength];
        FillPlanes(pixels, width, height, blueFirst, _planes);
        var length = _planes.Length / 3;
        for (int i = 0, at = 0; i < length; i++, at += 3)
            (destination[at], destination[at + 1], destination[at + 2]) = (_planes[i], _planes[length + i], _planes[2 * length + i]);
    }

    private void FillPlanes(ReadOnlySpan<byte> pixels, int width, int height, bool blueFirst, Span<float> destination)
    {
        Plan(width, height);
        var stride = ResampleKernel.GetStride(_horizontal.Count);
        Grow(ref _resized, (long)stride * _vertical.SourceCount);
        Grow(ref _row, stride);
        fixed (byte* source = pixels, resized = _resized, row = _row)
        {
            ResizeRows(source, width, resized);
            Fill(destination);
            var (outputWidth, plane) = (_preprocessing.Width, _preprocessing.Height * _preprocessing.Width);
            for (var y = 0; y < _vertical.Count; y++)
            {
                ResampleKernel.CombineRows(resized, stride, _vertical, y, row, _avx2);
                var offset = (_verticalAxis.Padding + y) * outputWidth + _horizontalAxis.Padding;
                var (first, third) = blueFirst ? (_blue, _red) : (_red, _blue);
                Spread(
                    new ReadOnlySpan<byte>(row, _horizontal.Count * PixelBytes), first, _green, third,
                    destination.Slice(offset + (blueFirst ? 2 * plane : 0), _horizontal.Count),
                    destination.Slice(offset + plane, _horizontal.Count),
                    destination.Slice(offset + (blueFirst ? 0 : 2 * plane), _horizontal.Count));
            }
        }
    }

    /// <summary>Computes what an image of this size needs, if the last one was of another.</summary>
    /// <exception cref="InvalidDataException">The image is so elongated that what is between the two passes does not fit into an array.</exception>
    internal void Plan(int width, int height)
    {
        if (_planned == (width, height))
            return;
        _planned = default;
        (_horizontalAxis, _verticalAxis) = ClipGeometry.Plan(_preprocessing, width, height);
        _horizontal = ResampleWeights.Create(_preprocessing.Resampling, width, _horizontalAxis);
        _vertical = ResampleWeights.Create(_preprocessing.Resampling, height, _verticalAxis);
        var between = (long)ResampleKernel.GetStride(_horizontal.Count) * _vertical.SourceCount;
        if (between > Array.MaxLength)
            throw new InvalidDataException($"it is too elongated ({width} × {height}): resizing it takes {between} bytes at once");
        _planned = (width, height);
    }

    private void ResizeRows(byte* source, int width, byte* resized)
    {
        var (sourceStride, taps, rows) = (width * PixelBytes, _horizontal.Taps, _vertical.SourceCount);
        source += (long)_vertical.SourceFirst * sourceStride;
        if (width >= taps)
        {
            ResampleKernel.ResizeRows(source, sourceStride, rows, _horizontal, resized, _avx2);
            return;
        }

        // The kernels read whole groups of taps: an image narrower than that gets room beside it, which weighs nothing.
        var paddedStride = taps * PixelBytes;
        Grow(ref _padded, (long)paddedStride * rows);
        fixed (byte* padded = _padded)
        {
            for (var row = 0; row < rows; row++)
            {
                var destination = new Span<byte>(padded + (long)row * paddedStride, paddedStride);
                new ReadOnlySpan<byte>(source + (long)row * sourceStride, sourceStride).CopyTo(destination);
                destination[sourceStride..].Clear();
            }

            ResampleKernel.ResizeRows(padded, paddedStride, rows, _horizontal, resized, _avx2);
        }
    }

    /// <summary>Blackens the borders, if there are any.</summary>
    private void Fill(Span<float> destination)
    {
        if (_horizontal.Count == _preprocessing.Width && _vertical.Count == _preprocessing.Height)
            return;
        var plane = _preprocessing.Height * _preprocessing.Width;
        destination[..plane].Fill(_red[0]);
        destination.Slice(plane, plane).Fill(_green[0]);
        destination.Slice(2 * plane, plane).Fill(_blue[0]);
    }

    private static void Spread(
        ReadOnlySpan<byte> row, float[] firstTable, float[] secondTable, float[] thirdTable, Span<float> first, Span<float> second, Span<float> third)
    {
        fixed (byte* bytes = row)
        fixed (float* table1 = firstTable, table2 = secondTable, table3 = thirdTable, plane1 = first, plane2 = second, plane3 = third)
        {
            for (var x = 0; x < first.Length; x++)
            {
                var pixel = ((uint*)bytes)[x];
                plane1[x] = table1[pixel & 0xFF];
                plane2[x] = table2[(pixel >> 8) & 0xFF];
                plane3[x] = table3[(pixel >> 16) & 0xFF];
            }
        }
    }

    private float[] CreateTable(double mean, double standardDeviation)
    {
        var table = new float[256];
        for (var value = 0; value < table.Length; value++)
            table[value] = (float)((value * _preprocessing.RescaleFactor - mean) / standardDeviation);
        return table;
    }

    private static void Grow(ref byte[] buffer, long length)
    {
        if (buffer.Length < length)
            buffer = GC.AllocateUninitializedArray<byte>(checked((int)length));
    }
}
