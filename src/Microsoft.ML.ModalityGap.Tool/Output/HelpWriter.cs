using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>
/// Help for a terminal of any width: what a command does, an example, its options in groups, each name in one piece with its description beside or under it. Replaces the parser's own, which gives
/// half the width to the longest name.
/// </summary>
internal sealed class HelpWriter(ToolConsole console) : SynchronousCommandLineAction
{
    private const int NameWidth = 26;
    private const int Indent = 2;
    private const string CommonGroup = "Options of every command";

    /// <summary>Who asks for help need not have given what is required.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var isRoot = parseResult.RootCommandResult.Command == command;
        Write(command.Description ?? "", indent: 0);
        console.Out.WriteLine();
        Write($"Usage: modality-gap {(isRoot ? "<command>" : command.Name)}{string.Concat(command.Arguments.Select(argument => $" <{argument.Name}>"))} [options]", indent: 0);
        if (Examples.Find(command.Name) is { } example && !isRoot)
        {
            console.Out.WriteLine();
            console.Out.WriteLine("Example:");
            console.Out.WriteLine($"  {example}");
        }

        if (command.Subcommands.Count > 0)
            WriteSection("Commands", command.Subcommands.Where(each => !each.Hidden).Select(each => (each.Name, each.Description ?? "")));
        if (command.Arguments.Count > 0)
            WriteSection("Arguments", command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description ?? "")));
        foreach (var group in command.Options.Where(option => !option.Hidden && !IsCommon(option)).GroupBy(option => option.GetGroup() ?? "Options"))
            WriteSection(group.Key, group.Select(Describe));
        WriteSection(isRoot ? "Options" : CommonGroup, command.Options.Where(IsCommon)
            .Concat(isRoot ? [] : parseResult.RootCommandResult.Command.Options.Where(option => option.Recursive && option is not HelpOption)).Distinct().Select(Describe));
        if (isRoot)
        {
            console.Out.WriteLine();
            Write("'modality-gap <command> --help' lists the options of a command.", indent: 0);
        }

        return ExitCodes.Success;
    }

    private static bool IsCommon(Option option) => option.Recursive || option is HelpOption or VersionOption || option.Name == GlobalOptions.Json;

    private static (string Name, string Description) Describe(Option option)
    {
        var name = option is HelpOption ? "-h, --help" : option.Name;
        var value = option.ValueType == typeof(bool) || option is HelpOption or VersionOption ? "" : $" <{option.HelpName ?? "value"}>";
        var description = option is HelpOption ? "Show this." : option is VersionOption ? "Show the version." : option.Description ?? "";
        return (name + value, description + (option.Required ? " Required." : ""));
    }

    private void WriteSection(string title, IEnumerable<(string Name, string Description)> entries)
    {
        console.Out.WriteLine();
        console.Out.WriteLine($"{title}:");
        foreach (var (name, description) in entries)
        {
            // A name that is too long for its column has a line of its own; it is never broken.
            if (name.Length > NameWidth - Indent)
            {
                console.Out.WriteLine($"  {name}");
                Write(description, Indent + NameWidth);
            }
            else
            {
                Write(description, Indent + NameWidth, $"  {name}");
            }
        }
    }

    /// <summary>Writes a text in lines that break between words.</summary>
    /// <param name="text">The text; a line break in it is one.</param>
    /// <param name="indent">Where lines begin.</param>
    /// <param name="start">What stands before the first line.</param>
    private void Write(string text, int indent, string start = "")
    {
        var width = Math.Max(20, console.Width - indent - 1);
        foreach (var paragraph in text.Split('\n'))
        {
            var line = "";
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    Flush(line);
                    line = word;
                }
                else
                {
                    line += line.Length > 0 ? $" {word}" : word;
                }
            }

            Flush(line);
        }

        void Flush(string line)
        {
            console.Out.WriteLine((start.PadRight(indent) + line).TrimEnd());
            start = "";
        }
    }
}
