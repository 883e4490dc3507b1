using System.CommandLine;
using System.CommandLine.Parsing;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What is wrong with a command line, in one message: of several findings of the parser that follow from one mistake, the mistake.</summary>
internal static class CommandLineMistakes
{
    internal static string Describe(ParseResult result, RootCommand root)
    {
        var command = result.CommandResult.Command;
        var help = $" See modality-gap {(command == root ? "" : command.Name + " ")}--help.";

        // A word that is not known makes others look missing.
        if (result.UnmatchedTokens.Count > 0)
            return DescribeUnknown(result.UnmatchedTokens[0], command, root) + help;
        var messages = result.Errors.Select(Describe).Distinct().ToArray();
        return string.Join(" ", messages) + help;
    }

    private static string DescribeUnknown(string word, System.CommandLine.Command command, RootCommand root)
    {
        if (word.StartsWith('-'))
        {
            var options = command.Options.Concat(root.Options.Where(option => option.Recursive)).Where(option => !option.Hidden).Select(option => option.Name);
            return $"{(command == root ? "modality-gap" : command.Name)} has no option '{word}'.{Suggestion.Describe(word, options)}";
        }

        return command == root
            ? $"There is no command '{word}'.{Suggestion.Describe(word, root.Subcommands.Where(each => !each.Hidden).Select(each => each.Name))}"
            : $"{command.Name} does not know what to do with '{word}': {(command.Arguments.Count > 0 ? "it takes one file" : "values go behind an option")}.";
    }

    /// <summary>Without the names of .NET types.</summary>
    private static string Describe(ParseError error)
    {
        var parts = error.Message.Split(" as expected type '");
        if (parts.Length == 2)
            return $"{parts[0]} as a {(parts[1].Contains("Int", StringComparison.Ordinal) ? "whole number" : "number")}.";
        const string Missing = "Required argument missing for option: ";
        return error.Message.StartsWith(Missing, StringComparison.Ordinal) ? $"{error.Message[Missing.Length..].TrimEnd('.')} needs a value." : error.Message;
    }
}
