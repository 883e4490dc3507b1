using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Archives of blocks of 512 bytes: a member's header is changed, and its checksum made anew; or what a member holds; or members are doubled and moved.</summary>
/// <param name="content">What the members hold that are no images.</param>
internal sealed class TarShape(InputShape content) : InputShape
{
    private const int Block = 512, SizeOffset = 124, ChecksumOffset = 148, KindOffset = 156;

    internal override byte[] Mutate(byte[] parent, FuzzRandom random)
    {
        var members = Split(parent);
        if (members.Count == 0)
            return ByteShape.Any.Mutate(parent, random);
        var place = random.Next(members.Count);
        var member = members[place];
        switch (random.Next(5))
        {
            case 0:
                members.Insert(random.Next(members.Count), member);
                break;
            case 1:
                members.RemoveAt(place);
                break;
            case 2:
                var data = content.Mutate(member[Block..].AsSpan().TrimEnd((byte)0).ToArray(), random);
                members[place] = Seal([.. Resize(member[..Block], data.Length), .. data, .. new byte[(Block - data.Length % Block) % Block]]);
                break;
            case 3:
                // What has no room in a header stands before it: names, and lists of properties.
                var header = member[..Block];
                header[KindOffset] = "xgLKS123456VM"u8[random.Next(13)];
                members[place] = Seal([.. header, .. member[Block..]]);
                break;
            default:
                members[place] = Seal([.. ByteShape.OfTheSameLength.Mutate(member[..Block], random), .. member[Block..]]);
                break;
        }

        return [.. members.SelectMany(bytes => bytes), .. new byte[2 * Block]];
    }

    private static List<byte[]> Split(byte[] archive)
    {
        var members = new List<byte[]>();
        for (var start = 0; start + Block <= archive.Length && archive[start] != 0;)
        {
            var text = Encoding.Latin1.GetString(archive, start + SizeOffset, 11).Trim('\0', ' ');
            var length = text.All(digit => digit is >= '0' and <= '7') && text.Length is > 0 and < 8 ? Convert.ToInt32(text, 8) : 0;
            var end = Math.Min(archive.Length, start + Block + (length + Block - 1) / Block * Block);
            members.Add(archive[start..end]);
            start = end;
        }

        return members;
    }

    private static byte[] Resize(byte[] header, int length)
    {
        Encoding.Latin1.GetBytes(Convert.ToString(length, 8).PadLeft(11, '0')).CopyTo(header, SizeOffset);
        return header;
    }

    private static byte[] Seal(byte[] member)
    {
        member.AsSpan(ChecksumOffset, 8).Fill((byte)' ');
        var sum = member.AsSpan(0, Block).ToArray().Sum(part => part);
        Encoding.Latin1.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(member, ChecksumOffset);
        return member;
    }
}
