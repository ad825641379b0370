# Makes the database of a Redmine, what the suite needs in it, and serves it; is run in a copy of Redmine's folder.
require File.expand_path('config/environment', Dir.pwd)
require 'rack/handler/webrick'

ActiveRecord::Migration.verbose = false
ActiveRecord::Base.connection.migration_context.migrate
# Models that were loaded while the tables grew have seen half of them.
Rails.application.eager_load!
ActiveRecord::Base.descendants.reject(&:abstract_class?).each(&:reset_column_information)
Redmine::DefaultData::Loader.load('en')

Setting.rest_api_enabled = '1'
Setting.text_formatting = ENV.fetch('TEXT_FORMATTING')

def person(name, key)
  user = User.new(firstname: name, lastname: 'Test', mail: "#{name}@test.example", language: 'en')
  user.login = name
  user.password = 'geheim-geheim'
  user.save!
  # A token makes a value of its own when it is created.
  Token.create!(user: user, action: 'api').update_column(:value, key)
  user
end

tracker = Tracker.find_by!(name: 'Bug')
field = IssueCustomField.create!(name: 'Marker', field_format: 'string', is_filter: true, is_for_all: true, trackers: [tracker])
project = Project.new(name: 'ERP', identifier: 'erp', is_public: true, trackers: Tracker.all.to_a)
project.enabled_module_names = %w[issue_tracking time_tracking wiki]
project.save!
project.issue_custom_fields = [field]

# What docs/tickets.md asks for, and nothing else.
role = Role.create!(
  name: 'Bridge',
  permissions: %i[view_issues add_issues edit_own_issues add_issue_notes view_private_notes view_time_entries]
)
closed = IssueStatus.find_by!(name: 'Closed')
fresh = IssueStatus.find_by!(name: 'New')
Tracker.all.each do |one|
  (IssueStatus.all.to_a - [closed]).each do |from|
    WorkflowTransition.create!(role: role, tracker: one, old_status: from, new_status: closed)
  end
  WorkflowTransition.create!(role: role, tracker: one, old_status: closed, new_status: fresh)
end
Member.create!(project: project, principal: person('bridge', ENV.fetch('BRIDGE_KEY')), roles: [role])
# As the bridge, but it does not see private notes.
narrow = role.dup
narrow.assign_attributes(name: 'Narrow', permissions: role.permissions - %i[view_private_notes])
narrow.save!
Member.create!(project: project, principal: person('narrow', ENV.fetch('NARROW_KEY')), roles: [narrow])
manager = Role.find_by!(name: 'Manager')
Member.create!(project: project, principal: person('colleague', ENV.fetch('COLLEAGUE_KEY')), roles: [manager])

Rack::Handler::WEBrick.run(
  Rails.application,
  Host: '127.0.0.1', Port: ENV.fetch('PORT').to_i, AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN)
)
