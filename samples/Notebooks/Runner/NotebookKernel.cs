using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace NotebookRunner;

/// <summary>Runs the C# cells of a notebook in this process, each as the continuation of a script: what one cell leaves the next can use.</summary>
public sealed class NotebookKernel : IDisposable
{
    private readonly PackageReferences _references = new();
    private readonly CellOutputs _outputs = new();

    // Cells share this program's assemblies, which their #r lines name, rather than load them again.
    private readonly InteractiveAssemblyLoader _loader = new();
    private ScriptOptions _options = ScriptOptions.Default
        .WithReferences(PackageReferences.Framework)
        .WithImports("System", "System.Collections", "System.Collections.Generic", "System.Linq", "System.Text", "System.Threading.Tasks")
        .WithLanguageVersion(LanguageVersion.Latest)
        .WithOptimizationLevel(OptimizationLevel.Release);

    private ScriptState<object>? _state;

    /// <summary>Runs a cell.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="executionCount">Its number.</param>
    /// <returns>What it put out, and what went wrong, if anything did.</returns>
    public async Task<CellResult> RunAsync(string code, int executionCount)
    {
        var (output, error) = (Console.Out, Console.Error);
        Console.SetOut(new CellWriter(_outputs, "stdout"));
        Console.SetError(new CellWriter(_outputs, "stderr"));
        try
        {
            var failure = await ExecuteAsync(code, executionCount).ConfigureAwait(false);
            return new CellResult(_outputs.Take(), failure);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _loader.Dispose();

    private async Task<string?> ExecuteAsync(string code, int executionCount)
    {
        try
        {
            var references = NotebookReferences.Parse(code);
            var assemblies = _references.Resolve(references);
            foreach (var path in assemblies)
                _loader.RegisterDependency(AssemblyLoadContext.Default.LoadFromAssemblyPath(path));
            _options = _options.AddReferences(assemblies.Select(path => MetadataReference.CreateFromFile(path)));

            var state = _state is null
                ? await CSharpScript.Create<object>(references.Code, _options, typeof(NotebookGlobals), _loader).RunAsync(new NotebookGlobals(_outputs), _ => true).ConfigureAwait(false)
                : await _state.ContinueWithAsync<object>(references.Code, _options, _ => true).ConfigureAwait(false);
            if (state.Exception is { } exception)
                return exception.ToString();

            _state = state;
            if (state.ReturnValue is { } value)
                _outputs.Return(value, executionCount);
            return null;
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
        catch (CompilationErrorException exception)
        {
            return string.Join(Environment.NewLine, exception.Diagnostics);
        }
    }
}
