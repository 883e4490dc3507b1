using System.Linq.Expressions;
using Microsoft.Extensions.VectorData.ProviderServices;
using Microsoft.Extensions.VectorData.ProviderServices.Filter;

namespace Microsoft.ML.ModalityGap;

/// <summary>An equality that every record found fulfils, which an index of the field can look up.</summary>
/// <param name="Field">The number of the value.</param>
/// <param name="Value">What it equals, or contains where it is an array or a list.</param>
internal readonly record struct RequiredValue(int Field, object? Value);

/// <summary>
/// A LINQ filter over records as a predicate over kept values: properties become places in the values, so that no record is made to be asked. Null compares as SQL's does where C# would throw: a null text starts with nothing.
/// </summary>
internal sealed class RecordFilter : FilterTranslatorBase
{
    private readonly CollectionSchema _schema;
    private readonly ParameterExpression _values = Expression.Parameter(typeof(object?[]), "values");
    private readonly List<RequiredValue> _required = [];

    internal RecordFilter(LambdaExpression filter, CollectionModel model, CollectionSchema schema)
    {
        FilterDepth.Check(filter);
        _schema = schema;
        var body = PreprocessFilter(filter, model, new FilterPreprocessingOptions());
        FindRequired(body);
        var translated = new Translator(this).Visit(body)!;
        Matches = Expression.Lambda<Func<object?[], bool>>(translated, _values).Compile();
    }

    /// <summary>Whether a record's values fulfil the filter.</summary>
    internal Func<object?[], bool> Matches { get; }

    /// <summary>What all records found have.</summary>
    internal IReadOnlyList<RequiredValue> Required => _required;

    private bool TryBind(Expression? node, out int field)
    {
        field = -1;
        if (node is null || !TryBindProperty(node, out var property) || property is null)
            return false;
        field = _schema.FindValue(property.StorageName);
        return field >= 0 ? true : throw new NotSupportedException($"The filter asks for '{property.ModelName}', which is a vector. Filters ask for the key and for data.");
    }

    private void FindRequired(Expression node)
    {
        switch (node)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso } both:
                FindRequired(both.Left);
                FindRequired(both.Right);
                break;
            case BinaryExpression { NodeType: ExpressionType.Equal } equal:
                if (TryBind(equal.Left, out var left))
                    AddRequired(left, equal.Right, _schema.Values[left].ClrType);
                else if (TryBind(equal.Right, out var right))
                    AddRequired(right, equal.Left, _schema.Values[right].ClrType);
                break;
            case MethodCallExpression call when TryMatchContains(call, out var source, out var item) && TryBind(source, out var field):
                AddRequired(field, item!, FieldType.GetElement(_schema.Values[field].ClrType)!);
                break;
        }
    }

    private void AddRequired(int field, Expression value, Type type)
    {
        while (value is UnaryExpression { NodeType: ExpressionType.Convert } convert)
            value = convert.Operand;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value is ConstantExpression constant && (constant.Value is null || constant.Value.GetType() == type))
            _required.Add(new RequiredValue(field, constant.Value));
    }

    private sealed class Translator(RecordFilter filter) : ExpressionVisitor
    {
        public override Expression? Visit(Expression? node)
        {
            if (node is ParameterExpression)
                throw new NotSupportedException($"The filter asks for a record as a whole. Filters compare its key and its data.");
            return filter.TryBind(node, out var field) ? Read(field, node!.Type) : base.Visit(node);
        }

        protected override Expression VisitMember(MemberExpression node) =>
            node.Expression is { } owner && owner == filter.RecordParameter
                ? throw new NotSupportedException($"The filter asks for '{node.Member.Name}', which is neither the key nor a data property of the collection.")
                : base.VisitMember(node);

        // (int)record["Number"] of a dynamic record.
        protected override Expression VisitUnary(UnaryExpression node) =>
            node.NodeType == ExpressionType.Convert && node.Operand.Type == typeof(object) && filter.TryBind(node.Operand, out var field) ? Read(field, node.Type) : base.VisitUnary(node);

        protected override Expression VisitBinary(BinaryExpression node)
        {
            var (left, right) = (Visit(node.Left)!, Visit(node.Right)!);
            if (IsComparison(node.NodeType) && (IsRead(left) || IsRead(right)))
                (left, right) = (Lift(left), Lift(right));
            return node.NodeType is ExpressionType.AndAlso or ExpressionType.OrElse
                ? Expression.MakeBinary(node.NodeType, left, right)
                : Expression.MakeBinary(node.NodeType, left, right, liftToNull: false, node.Method);
        }

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            if (TryMatchContains(node, out var source, out var item))
            {
                var all = Visit(source)!;
                var type = FieldType.GetElement(all.Type) ?? all.Type.GetInterfaces().Prepend(all.Type).First(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GetGenericArguments()[0];
                var one = Visit(item)!;
                var contains = Expression.Call(typeof(Enumerable), nameof(Enumerable.Contains), [type], all, one.Type == type ? one : Expression.Convert(one, type));
                return Expression.AndAlso(Expression.NotEqual(all, Expression.Constant(null, all.Type)), contains);
            }

            // A null text has nothing and starts with nothing.
            var target = Visit(node.Object);
            var call = node.Update(target, node.Arguments.Select(argument => Visit(argument)!));
            return target is not null && !target.Type.IsValueType && node.Type == typeof(bool) ? Expression.AndAlso(Expression.NotEqual(target, Expression.Constant(null, target.Type)), call) : call;
        }

        private static bool IsComparison(ExpressionType type) => type is ExpressionType.Equal or ExpressionType.NotEqual or ExpressionType.LessThan or ExpressionType.LessThanOrEqual
            or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual;

        /// <summary>A value that must not be null, as a conversion of one that may be.</summary>
        private UnaryExpression Read(int field, Type type)
        {
            var value = Expression.ArrayIndex(filter._values, Expression.Constant(field));
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null
                ? Expression.Convert(value, type)
                : Expression.Convert(Expression.Convert(value, typeof(Nullable<>).MakeGenericType(type)), type);
        }

        private static bool IsRead(Expression node) => node is UnaryExpression { NodeType: ExpressionType.Convert } convert && Nullable.GetUnderlyingType(convert.Operand.Type) == convert.Type;

        private static Expression Lift(Expression node) =>
            IsRead(node) ? ((UnaryExpression)node).Operand
            : node.Type.IsValueType && Nullable.GetUnderlyingType(node.Type) is null ? Expression.Convert(node, typeof(Nullable<>).MakeGenericType(node.Type))
            : node;
    }
}
