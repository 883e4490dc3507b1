using System.Runtime.InteropServices;
using SkiaSharp;

namespace Microsoft.ML.ModalityGap;

/// <summary>Decodes the content of an image file to RGBA with colours as they are stored, alpha not multiplied in. Keeps its buffers; not for several threads at once.</summary>
internal sealed class ClipImageDecoder(int maximumPixels, bool appliesOrientation)
{
    private const int PixelBytes = 4;

    // A buffer for an image beyond this is given back, rather than held for as long as the cursor lives.
    private const int LargestKeptBuffer = 1 << 26;

    private byte[] _decoded = [];
    private byte[] _oriented = [];
    private bool _isOriented;

    internal int Width { get; private set; }

    internal int Height { get; private set; }

    internal ReadOnlySpan<byte> Pixels => (_isOriented ? _oriented : _decoded).AsSpan(0, Width * Height * PixelBytes);

    /// <exception cref="InvalidDataException">There is nothing, it is no image, or it is too large, broken or cut short.</exception>
    /// <exception cref="InvalidOperationException">The native library of SkiaSharp is not there.</exception>
    internal void Decode(ReadOnlySpan<byte> encoded)
    {
        try
        {
            DecodeWithSkia(encoded);
        }
        catch (Exception exception) when (exception is TypeInitializationException or DllNotFoundException)
        {
            throw new InvalidOperationException(
                "Images cannot be decoded: the native library of SkiaSharp could not be loaded. On Linux, reference the package SkiaSharp.NativeAssets.Linux.NoDependencies.", exception);
        }
    }

    /// <exception cref="InvalidDataException">The image is too large.</exception>
    internal static void CheckSize(int width, int height, int maximumPixels)
    {
        if (width <= 0 || height <= 0)
            throw new InvalidDataException($"it has no pixels ({width} × {height})");
        if ((long)width * height > maximumPixels)
        {
            throw new InvalidDataException(
                $"it has {width} × {height} = {(long)width * height} pixels, more than the {maximumPixels} allowed by {nameof(PreprocessClipImagesOptions.MaximumPixels)}");
        }

        if (Math.Max(width, height) > ClipImagePreprocessor.MaximumEdge)
            throw new InvalidDataException($"it has {width} × {height} pixels, but an edge may have {ClipImagePreprocessor.MaximumEdge} at most");
    }

    private unsafe void DecodeWithSkia(ReadOnlySpan<byte> encoded)
    {
        Width = Height = 0;
        if (encoded.IsEmpty)
            throw new InvalidDataException("it is empty (0 bytes)");

        var isGif = GifFirstFrame.IsGif(encoded);
        if (isGif && GifFirstFrame.Read(encoded) is { MayLackColors: true } frame)
            encoded = frame.WithAllColors();
        var isGrey16 = PngGrey16.Is(encoded);
        if (isGrey16)
            encoded = PngGrey16.AsGreyAlpha(encoded);
        fixed (byte* address = encoded)
        {
            using var data = SKData.Create((nint)address, encoded.Length);
            using var codec = SKCodec.Create(data)
                ?? throw new InvalidDataException($"its {encoded.Length} bytes are no image of a known format (JPEG, PNG, WebP, GIF, BMP)");
            var (width, height) = (codec.Info.Width, codec.Info.Height);
            CheckSize(width, height, maximumPixels);

            Grow(ref _decoded, width * height * PixelBytes);
            fixed (byte* pixels = _decoded)
            {
                var info = new SKImageInfo(width, height, SKColorType.Rgba8888, codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
                var result = codec.GetPixels(info, (nint)pixels);
                if (result != SKCodecResult.Success)
                {
                    throw new InvalidDataException(result is SKCodecResult.IncompleteInput
                        ? $"its content is cut short after {encoded.Length} bytes"
                        : $"its content is broken ({result})");
                }
            }

            if (isGif && !codec.Info.IsOpaque)
                GifFirstFrame.Read(encoded).Fill(_decoded.AsSpan(0, width * height * PixelBytes));
            if (isGrey16)
                PngGrey16.Clip(_decoded.AsSpan(0, width * height * PixelBytes));
            Orient(width, height, appliesOrientation ? ImageOrientation.Read(encoded) : ImageOrientation.None);
        }
    }

    private void Orient(int width, int height, int orientation)
    {
        _isOriented = orientation != ImageOrientation.None;
        (Width, Height) = orientation >= 5 ? (height, width) : (width, height);
        if (!_isOriented)
            return;

        var length = width * height * PixelBytes;
        Grow(ref _oriented, length);
        PixelLayout.Orient(
            MemoryMarshal.Cast<byte, uint>(_decoded.AsSpan(0, length)), width, height, orientation, MemoryMarshal.Cast<byte, uint>(_oriented.AsSpan(0, length)));
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length || (buffer.Length > LargestKeptBuffer && length <= LargestKeptBuffer))
            buffer = GC.AllocateUninitializedArray<byte>(length);
    }
}
