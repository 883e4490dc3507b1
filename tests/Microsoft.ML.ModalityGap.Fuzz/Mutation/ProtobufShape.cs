namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Protobuf, such as ONNX and SentencePiece models: a field is changed, moved, doubled, dropped or put into itself many times; all lengths around it are made anew.</summary>
/// <param name="nesting">By which numbers of fields a message of the reader's can hold another of its own kind.</param>
internal sealed class ProtobufShape(params int[][] nesting) : InputShape
{
    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        if (ProtobufNode.Read(parent) is not { Count: > 0 } fields)
            return ByteShape.Any.Mutate(parent, random);
        for (var rounds = 1 + (random.Chance(0.6) ? 0 : random.Next(5)); rounds > 0 && fields.Count > 0; rounds--)
            Change(fields, random);
        return ProtobufNode.Write(fields);
    }

    private void Change(List<ProtobufNode> root, FuzzRandom random)
    {
        // A way down: at each message either stop or go into it.
        var siblings = root;
        var at = random.Next(root.Count);
        while (siblings[at].Fields is { Count: > 0 } inner && random.Chance(0.8))
        {
            siblings = inner;
            at = random.Next(inner.Count);
        }

        var node = siblings[at];
        switch (random.Next(10))
        {
            case 0:
                siblings.RemoveAt(at);
                break;
            case 1:
                for (var copies = random.Chance(0.9) ? 1 : random.Next(500); copies > 0; copies--)
                    siblings.Insert(at, node.Clone());
                break;
            case 2:
                node.Field = 1 + random.Next(random.Chance(0.8) ? 20 : 2000);
                break;
            case 3:
                siblings[at] = root[random.Next(root.Count)].Clone();
                break;
            case 4 when nesting.Length > 0:
                var depth = 1 + random.Next(random.Chance(0.8) ? 60 : 12_000);
                var path = random.Pick(nesting);
                siblings[at] = ProtobufNode.Raw(path[0], ProtobufNode.Nest(ProtobufNode.Write([node]), path, (depth * path.Length) - 1));
                break;
            case 5:
                node.Wire = random.Pick<int>([0, 1, 2, 5]);
                node.Number = unchecked((ulong)random.NextNumber());
                break;
            default:
                if (node.Wire == 0)
                {
                    node.Number = unchecked((ulong)random.NextNumber());
                }
                else
                {
                    node.Bytes = (node.Wire == 2 ? ByteShape.Any : ByteShape.OfTheSameLength).Mutate(node.Fields is null ? node.Bytes : ProtobufNode.Write(node.Fields), random);
                    node.Fields = null;
                }

                break;
        }
    }
}
