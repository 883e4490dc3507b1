using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NotebookRunner;

/// <summary>The code of a cell, taken apart into what a program wants in different places.</summary>
/// <param name="Usings">Its <c>using</c> directives.</param>
/// <param name="Statements">What it does; the value of a last expression is displayed.</param>
/// <param name="Types">The types it declares.</param>
public sealed record CellCode(IReadOnlyList<string> Usings, string Statements, IReadOnlyList<string> Types)
{
    private static readonly CSharpParseOptions _options = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <summary>Takes a cell without its <c>#r</c> lines apart.</summary>
    /// <exception cref="InvalidDataException">It is no C#.</exception>
    public static CellCode Parse(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, _options);
        if (tree.GetDiagnostics().FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
            throw new InvalidDataException($"A cell is no C#: {error}{Environment.NewLine}{code}");

        var root = tree.GetCompilationUnitRoot();
        var statements = new StringBuilder();
        var types = new List<string>();
        foreach (var member in root.Members)
        {
            if (member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                types.Add(TrimLines(member.ToFullString()));
            else
                Append(statements, member);
        }

        return new CellCode([.. root.Usings.Select(directive => directive.ToString())], statements.ToString(), types);
    }

    private static void Append(StringBuilder statements, MemberDeclarationSyntax member)
    {
        var text = member.ToFullString();
        if (statements.Length > 0)
            statements.Append(text.TrimStart(' ', '\t') is ['\n', ..] ? "\n\n" : "\n");
        statements.Append(member is GlobalStatementSyntax { Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } last }
            ? $"{TrimLines(member.GetLeadingTrivia().ToFullString() + "display(")}{last.Expression.WithoutLeadingTrivia().WithoutTrailingTrivia()});"
            : TrimLines(text));
    }

    private static string TrimLines(string text) => text.Trim('\n').TrimEnd();
}
