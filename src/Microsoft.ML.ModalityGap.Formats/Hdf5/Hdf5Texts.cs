using System.Text;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Texts of any length each, which lie in heaps: a row says in which one and where. A text that many rows name is made once, so that a file of a few KB does not come to gigabytes.
/// </summary>
internal sealed class Hdf5Texts
{
    private readonly NativeDataset _places;
    private readonly PaddingType _padding;
    private readonly Dictionary<ReadingGlobalHeapId, ReadOnlyMemory<char>> _texts = [];

    private Hdf5Texts(NativeDataset places, PaddingType padding) => (_places, _padding) = (places, padding);

    /// <summary>Those of a data set; <see langword="null"/> where its texts have one length.</summary>
    /// <exception cref="InvalidDataException">Its rows are lists.</exception>
    internal static Hdf5Texts? Find(NativeDataset dataset)
    {
        if (dataset.InternalDataType is not { Class: DatatypeMessageClass.VariableLength, BitField: VariableLengthBitFieldDescription kind } type)
            return null;
        if (kind.Type != InternalVariableLengthType.String)
            throw new InvalidDataException($"'{dataset.Name}' holds lists of any length, not texts.");

        // The same data set, of bytes.
        dataset.Context.Driver.SeekRelativeToBaseAddress((long)dataset.Reference.Value);
        var header = ObjectHeader.Construct(dataset.Context);
        var at = header.HeaderMessages.FindIndex(message => message.Data is DatatypeMessage);
        header.HeaderMessages[at] = header.HeaderMessages[at] with { Data = type with { Class = DatatypeMessageClass.Opaque } };
        return new Hdf5Texts(new NativeDataset(dataset.Context, dataset.Reference, header), kind.PaddingType);
    }

    /// <summary>The texts of rows.</summary>
    internal ReadOnlyMemory<char>[] Read(Selection rows)
    {
        var context = _places.Context;
        var bytes = _places.Read<byte[]>(rows);
        var texts = new ReadOnlyMemory<char>[(int)rows.TotalElementCount];
        _texts.Clear();
        for (var i = 0; i < texts.Length; i++)
        {
            // Behind how long the text is, which the heap says as well.
            var place = ReadingGlobalHeapId.Decode(context.Superblock, bytes.AsSpan((i * (int)_places.InternalDataType.Size) + sizeof(uint)));
            if (place != default && !_texts.TryGetValue(place, out texts[i]))
                _texts[place] = texts[i] = Find(context, place).AsMemory();
        }

        return texts;
    }

    private string? Find(NativeReadContext context, ReadingGlobalHeapId place)
    {
        if (!NativeCache.GetGlobalHeapObject(context, place.CollectionAddress, restoreAddress: true).GlobalHeapObjects.TryGetValue((int)place.ObjectIndex, out var value))
            return null;
        var text = Encoding.UTF8.GetString(value.ObjectData);
        return _padding == PaddingType.SpacePad ? text.TrimEnd(' ') : text;
    }
}
