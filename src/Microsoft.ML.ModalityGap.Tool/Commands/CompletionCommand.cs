using System.CommandLine;

namespace Microsoft.ML.ModalityGap.Tool;

using Command = System.CommandLine.Command; // Microsoft.ML.Command is a namespace

/// <summary><c>completion</c>: prints a script by which a shell completes commands, options, choices and modality names.</summary>
internal sealed class CompletionCommand : Command
{
    /// <summary>The word by which the scripts ask: behind it come the position of the cursor and the line without the tool's name.</summary>
    internal const string Word = "[complete]";

    private const string Bash = """
        # modality-gap completion bash > ~/.local/share/bash-completion/completions/modality-gap
        _modality_gap() {
            local line="${COMP_LINE#* }" word="${COMP_WORDS[COMP_CWORD]}"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(modality-gap '[complete]' $((COMP_POINT - ${#COMP_LINE} + ${#line})) "$line" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _modality_gap modality-gap
        """;

    private const string Zsh = """
        #compdef modality-gap
        # modality-gap completion zsh > ~/.zfunc/_modality-gap, with ~/.zfunc in fpath
        _modality_gap() {
            local line="${BUFFER#* }"
            local -a found
            found=("${(@f)$(modality-gap '[complete]' $((CURSOR - ${#BUFFER} + ${#line})) "$line" 2>/dev/null)}")
            compadd -- ${found:#} || _files
        }
        compdef _modality_gap modality-gap
        """;

    private const string PowerShell = """
        # modality-gap completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName modality-gap -ScriptBlock {
            param($word, $ast, $cursor)
            $name = $ast.CommandElements[0].Extent.Text.Length + 1
            $line = $ast.ToString()
            $rest = if ($line.Length -gt $name) { $line.Substring($name) } else { '' }
            modality-gap '[complete]' ([Math]::Max(0, $cursor - $name)) "$rest" |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly (string Shell, string Script)[] _scripts = [("bash", Bash), ("zsh", Zsh), ("pwsh", PowerShell)];

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or pwsh." };

    internal CompletionCommand(ToolConsole console)
        : base("completion", "Print a script for bash, zsh or PowerShell that completes commands, options and their values.")
    {
        Arguments.Add(_shell);
        _shell.CompletionSources.Add([.. _scripts.Select(entry => entry.Shell)]);
        SetAction(result =>
        {
            var shell = result.GetRequiredValue(_shell);
            var found = Array.Find(_scripts, entry => entry.Shell == shell);
            console.Out.WriteLine(found.Script ?? throw Suggestion.CreateException("shell", shell, _scripts.Select(entry => entry.Shell)));
            return ExitCodes.Success;
        });
    }

    /// <summary>Prints what can stand at a place of a line, one a line.</summary>
    /// <param name="root">The commands.</param>
    /// <param name="console">Where to print.</param>
    /// <param name="position">The place, as a number.</param>
    /// <param name="line">The line without the tool's name.</param>
    internal static int Complete(RootCommand root, ToolConsole console, string position, string line)
    {
        var place = int.TryParse(position, out var number) ? Math.Clamp(number, 0, line.Length) : line.Length;
        foreach (var label in root.Parse(line).GetCompletions(place).Select(item => item.Label).Distinct().Order(StringComparer.Ordinal))
            console.Out.WriteLine(label);
        return ExitCodes.Success;
    }
}
