using System.Linq.Expressions;

namespace Microsoft.ML.ModalityGap;

/// <summary>Counts how deep a filter goes, before anything that calls itself for each level goes through it, and takes the whole stack.</summary>
internal sealed class FilterDepth : ExpressionVisitor
{
    private const int Maximum = 500;

    private int _depth;

    /// <exception cref="NotSupportedException">It is deeper than can be translated.</exception>
    internal static void Check(LambdaExpression filter) => new FilterDepth().Visit(filter);

    public override Expression? Visit(Expression? node)
    {
        if (++_depth > Maximum)
            throw new NotSupportedException($"The filter has more than {Maximum} conditions within each other. Where it was made of a list by || or &&, ask whether the list contains the value.");
        var visited = base.Visit(node);
        _depth--;
        return visited;
    }
}
