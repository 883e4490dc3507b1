using System.Text.RegularExpressions;

namespace Documentation.Tests;

/// <summary>A fenced block of C# in a Markdown file.</summary>
/// <param name="Line">The line of its first statement, from 1.</param>
/// <param name="Code">The block, without what indents it.</param>
/// <param name="StartsAfresh">Whether what stood before is forgotten and the prelude run again: the line above the fence is the comment <c>&lt;!-- afresh --&gt;</c>.</param>
/// <param name="OnlyCompiled">Why it is compiled but not run, as its fence says; <see langword="null"/> where it is run.</param>
internal sealed partial record Snippet(int Line, string Code, bool StartsAfresh, string? OnlyCompiled)
{
    /// <summary>All blocks of a file. A fence says <c>csharp</c>, or <c>csharp compiled (why it is not run)</c>; anything else that looks like C# is an error, so that nothing is left out in silence.</summary>
    /// <exception cref="InvalidDataException">A fence is of no form known, or not closed.</exception>
    internal static IReadOnlyList<Snippet> Read(IReadOnlyList<string> lines, string file)
    {
        var snippets = new List<Snippet>();
        for (var i = 0; i < lines.Count; i++)
        {
            var fence = Fence().Match(lines[i]);
            if (!fence.Success)
                continue;
            var info = fence.Groups["info"].Value.Trim();
            var (first, indent) = (i + 1, fence.Groups["indent"].Length);
            while (++i < lines.Count && lines[i].Trim() != "```")
            {
            }

            if (i == lines.Count)
                throw new InvalidDataException($"{file}({first}): the block is not closed.");
            if (!LooksLikeCSharp().IsMatch(info))
                continue;
            var known = Info().Match(info);
            if (!known.Success)
                throw new InvalidDataException($"{file}({first}): the fence says «{info}»; a block of C# says «csharp», or «csharp compiled (why it is not run)».");
            var code = string.Join('\n', lines.Skip(first).Take(i - first).Select(line => line[Math.Min(indent, line.Length - line.TrimStart().Length)..]));
            snippets.Add(new Snippet(first + 1, code, first > 1 && lines[first - 2].Trim() == "<!-- afresh -->", known.Groups["why"] is { Success: true } why ? why.Value : null));
        }

        return snippets;
    }

    [GeneratedRegex("^(?<indent> *)```(?<info>.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("^(c#|cs|csharp|csx)(?!\\w)", RegexOptions.IgnoreCase)]
    private static partial Regex LooksLikeCSharp();

    [GeneratedRegex("^csharp( compiled \\((?<why>.+)\\))?$")]
    private static partial Regex Info();
}
