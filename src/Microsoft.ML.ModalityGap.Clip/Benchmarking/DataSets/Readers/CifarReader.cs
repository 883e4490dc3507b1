using System.Buffers.Binary;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// The binary files of CIFAR-10 (<c>data_batch_1.bin</c> … and <c>test_batch.bin</c>: a label and 3 × 32 × 32 bytes of red, green and blue a record, classes in <c>batches.meta.txt</c>) and of CIFAR-100 (<c>train.bin</c> and
/// <c>test.bin</c>: a coarse and a fine label before the pixels, classes in <c>fine_label_names.txt</c>).
/// </summary>
internal sealed class CifarReader(string format) : IDataReader
{
    private const int Edge = 32;
    private const int PixelBytes = 3 * Edge * Edge;

    private readonly bool _isFine = format == "cifar100";

    public string Format => format;

    public string Expects => _isFine ? "a folder with train.bin, test.bin and fine_label_names.txt" : "a folder with data_batch_1.bin to data_batch_5.bin, test_batch.bin and batches.meta.txt";

    private string NamesFile => _isFine ? "fine_label_names.txt" : "batches.meta.txt";

    public bool Recognises(string path) => DataFolder.FindFile(path, NamesFile) is not null && DataFolder.FindFile(path, _isFine ? "test.bin" : "test_batch.bin") is not null;

    public void Read(string path, DataBuilder builder)
    {
        string[] names = [.. Utf8Lines.Read(DataFolder.FindFile(path, NamesFile)!).Select(line => line.Trim().Replace('_', ' ')).Where(line => line.Length > 0)];
        builder.Classes = new DataClasses(names);
        var files = _isFine
            ? DataFolder.FindFiles(path, "train.bin").Select(file => (file, DataParts.Training)).Concat(DataFolder.FindFiles(path, "test.bin").Select(file => (file, DataParts.Test)))
            : DataFolder.FindFiles(path, "data_batch_*.bin").Select(file => (file, DataParts.Training)).Concat(DataFolder.FindFiles(path, "test_batch.bin").Select(file => (file, DataParts.Test)));
        foreach (var (file, part) in files)
            ReadBatch(file, part, names.Length, builder);
    }

    private void ReadBatch(string file, string part, int classCount, DataBuilder builder)
    {
        var labelBytes = _isFine ? 2 : 1;
        var record = labelBytes + PixelBytes;
        using var stream = InputFile.OpenRead(file);
        if (stream.Length == 0 || stream.Length % record != 0)
            throw new InvalidDataException($"'{file}' has {stream.Length} bytes, which is no number of records of {record} bytes, as {format} has them. It is cut short, or of another version.");
        var buffer = new byte[record];
        for (var i = 0; i < stream.Length / record; i++)
        {
            stream.ReadExactly(buffer);
            var label = buffer[labelBytes - 1];
            if (label >= classCount)
                throw new InvalidDataException($"'{file}', record {i} is of class {label}, but '{NamesFile}' names {classCount}.");
            builder.AddImage($"{Path.GetFileName(file)}#{i}", part, ImageContent.OfRange(file, (long)i * record + labelBytes, PixelBytes, ToBitmap), label);
        }
    }

    /// <summary>The planes as an uncompressed bitmap file: the pixels come out of it as they went in.</summary>
    private static byte[] ToBitmap(byte[] planes)
    {
        const int Header = 54;
        var bitmap = new byte[Header + PixelBytes];
        "BM"u8.CopyTo(bitmap);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(2), bitmap.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(10), Header);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(18), Edge);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(22), -Edge); // negative: from the top
        BinaryPrimitives.WriteInt16LittleEndian(bitmap.AsSpan(26), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bitmap.AsSpan(28), 24);
        BinaryPrimitives.WriteInt32LittleEndian(bitmap.AsSpan(34), PixelBytes);
        for (var i = 0; i < Edge * Edge; i++)
        {
            bitmap[Header + 3 * i] = planes[2 * Edge * Edge + i];
            bitmap[Header + 3 * i + 1] = planes[Edge * Edge + i];
            bitmap[Header + 3 * i + 2] = planes[i];
        }

        return bitmap;
    }
}
