# frozen_string_literal: true

# Refuses syntax that Ruby 3.1 and later added: ruby ruby30.rb FILE ...

require 'ripper'

# What is new about a node of Ripper's tree, or nil.
def newer(node)
  case node
  in [:assoc_new, [:@label, *], nil] then 'a member without a value, {x:}'
  in [:blockarg, nil] then 'a block without a name, def f(&)'
  in [:def, _, _, [:bodystmt, [:command | :command_call, *], *]] then 'a method without end whose body is a command'
  else nil
  end
end

def each_node(tree, &block)
  return unless tree.is_a?(Array)

  block.call(tree)
  tree.each { |part| each_node(part, &block) }
end

failed = ARGV.flat_map do |file|
  tree = Ripper.sexp(File.read(file)) or next ["#{file}: no Ruby"]
  found = []
  each_node(tree) { |node| found << "#{file}: newer than Ruby 3.0: #{newer(node)}" if newer(node) }
  found
end
puts failed
exit failed.empty?
