using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace Documentation.Tests;

/// <summary>The snippets of one document, each going on where the one before it ended, in this process and with its assemblies.</summary>
internal sealed partial class SnippetScript : IDisposable
{
    private static readonly string[] _assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly ScriptOptions _options;
    private ScriptState<object?>? _state;

    /// <param name="imports">Namespaces beside those that a project with implicit usings has.</param>
    internal SnippetScript(params string[] imports)
    {
        // The copies this process runs on, so that what a snippet makes is what the test looks at.
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Where(assembly => !assembly.IsDynamic && assembly.Location.Length > 0))
            _loader.RegisterDependency(assembly);
        _options = ScriptOptions.Default
            .WithReferences(_assemblies.Select(path => MetadataReference.CreateFromFile(path)))
            .WithImports(["System", "System.IO", "System.Linq", "System.Net.Http", "System.Collections.Generic", "System.Threading", "System.Threading.Tasks", .. imports])
            .WithLanguageVersion(LanguageVersion.Latest);
    }

    /// <summary>Compiles code in the place it has, without running it.</summary>
    /// <returns>The errors; none where it compiles.</returns>
    internal string Compile(string code) => Describe(Create(code).Compile());

    /// <summary>Runs code. What it declares is there for what comes next.</summary>
    /// <returns>What went wrong; nothing where all went well.</returns>
    internal async Task<string> RunAsync(string code)
    {
        try
        {
            var state = _state is null ? await ((Script<object?>)Create(code)).RunAsync(catchException: _ => true) : await _state.ContinueWithAsync<object?>(Adapt(code), _options, _ => true);
            if (state.Exception is { } exception)
                return exception.ToString();
            _state = state;
            return "";
        }
        catch (CompilationErrorException exception)
        {
            return Describe(exception.Diagnostics);
        }
    }

    public void Dispose() => _loader.Dispose();

    private Script Create(string code) => _state is null ? CSharpScript.Create<object?>(Adapt(code), _options, assemblyLoader: _loader) : _state.Script.ContinueWith<object?>(Adapt(code), _options);

    /// <summary>A script has no end at which a using declaration would close something.</summary>
    private static string Adapt(string code) => UsingDeclaration().Replace(code, "");

    private static string Describe(IEnumerable<Diagnostic> diagnostics) =>
        string.Join('\n', diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => $"line {diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}: {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));

    [GeneratedRegex(@"^using (?=[\w<>\[\],]+ \w+ =)", RegexOptions.Multiline)]
    private static partial Regex UsingDeclaration();
}
